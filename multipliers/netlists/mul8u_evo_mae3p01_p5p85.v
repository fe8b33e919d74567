// mul8u_evo_mae3p01_p5p85: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 6 steps, 1560000 evaluations; least power for mae_pct <= 3.06484; seed 17.
// MAE 3.006 %, power 22.89 uW, 10 cells.
module mul8u_evo_mae3p01_p5p85(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31;
  assign n18 = A[7] & B[7];
  assign n19 = A[4] & B[7];
  assign n20 = A[6] & B[6];
  assign n21 = A[6] & B[7];
  assign n22 = A[5] & B[7];
  assign n23 = A[7] & B[6];
  assign {n25, n24} = A[7] + n19 + n22;
  assign {n27, n26} = n21 + n23;
  assign {n29, n28} = n20 + n25 + n26;
  assign {n31, n30} = n18 + n27 + n29;
  assign O[0] = B[2];
  assign O[1] = n21;
  assign O[2] = n31;
  assign O[3] = n20;
  assign O[4] = A[1];
  assign O[5] = A[3];
  assign O[6] = n25;
  assign O[7] = B[0];
  assign O[8] = n19;
  assign O[9] = B[5];
  assign O[10] = B[4];
  assign O[11] = B[5];
  assign O[12] = n24;
  assign O[13] = n28;
  assign O[14] = n30;
  assign O[15] = n31;
endmodule
