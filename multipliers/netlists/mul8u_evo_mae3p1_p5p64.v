// mul8u_evo_mae3p1_p5p64: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 28 steps, 1680000 evaluations; least power for mae_pct <= 3.12951; seed 2018.
// MAE 3.105 %, power 22.07 uW, 9 cells.
module mul8u_evo_mae3p1_p5p64(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30;
  assign n18 = A[6] & B[6];
  assign n19 = A[6] & B[7];
  assign n20 = A[7] & B[5];
  assign n21 = A[7] & B[6];
  assign n22 = A[7] & B[7];
  assign {n24, n23} = A[5] + B[7] + n20;
  assign {n26, n25} = n19 + n21;
  assign {n28, n27} = n18 + n24 + n25;
  assign {n30, n29} = n22 + n26 + n28;
  assign O[0] = n19;
  assign O[1] = B[3];
  assign O[2] = n29;
  assign O[3] = A[7];
  assign O[4] = n26;
  assign O[5] = A[3];
  assign O[6] = n28;
  assign O[7] = B[7];
  assign O[8] = B[4];
  assign O[9] = n28;
  assign O[10] = B[4];
  assign O[11] = n20;
  assign O[12] = n23;
  assign O[13] = n27;
  assign O[14] = n29;
  assign O[15] = n30;
endmodule
