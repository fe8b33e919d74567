// mul8u_evo_mae4p73_p2p42: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 9 steps, 2460000 evaluations; least power for mae_pct <= 4.75177; seed 2038.
// MAE 4.729 %, power 9.463 uW, 6 cells.
module mul8u_evo_mae4p73_p2p42(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25;
  assign n18 = A[5] & B[5];
  assign n19 = A[6] & B[7];
  assign n20 = A[7] & B[6];
  assign n21 = A[7] & B[7];
  assign {n23, n22} = n18 + n20;
  assign {n25, n24} = n19 + n21 + n23;
  assign O[0] = A[0];
  assign O[1] = B[2];
  assign O[2] = n25;
  assign O[3] = A[1];
  assign O[4] = B[1];
  assign O[5] = B[0];
  assign O[6] = A[4];
  assign O[7] = B[0];
  assign O[8] = n22;
  assign O[9] = B[7];
  assign O[10] = B[4];
  assign O[11] = B[6];
  assign O[12] = A[7];
  assign O[13] = n22;
  assign O[14] = n24;
  assign O[15] = n25;
endmodule
