// mul8u_evo_mae3p26_p4p28: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 7 steps, 1860000 evaluations; least power for mae_pct <= 3.26298; seed 20.
// MAE 3.257 %, power 16.72 uW, 8 cells.
module mul8u_evo_mae3p26_p4p28(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28;
  assign n18 = A[7] & B[7];
  assign n19 = A[6] & B[6];
  assign n20 = A[6] & B[7];
  assign n21 = A[5] & B[7];
  assign n22 = A[7] & B[6];
  assign {n24, n23} = n20 + n22;
  assign {n26, n25} = n19 + n21 + n23;
  assign {n28, n27} = n18 + n24 + n26;
  assign O[0] = B[4];
  assign O[1] = B[3];
  assign O[2] = n19;
  assign O[3] = n24;
  assign O[4] = A[4];
  assign O[5] = n27;
  assign O[6] = B[7];
  assign O[7] = n26;
  assign O[8] = n20;
  assign O[9] = A[4];
  assign O[10] = B[4];
  assign O[11] = B[5];
  assign O[12] = A[7];
  assign O[13] = n25;
  assign O[14] = n27;
  assign O[15] = n28;
endmodule
