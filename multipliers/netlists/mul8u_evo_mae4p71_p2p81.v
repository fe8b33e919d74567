// mul8u_evo_mae4p71_p2p81: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_broken12 in 1 steps, 300000 evaluations; least power for mae_pct <= 4.73731; seed 7011.
// MAE 4.713 %, power 10.98 uW, 7 cells.
module mul8u_evo_mae4p71_p2p81(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25;
  assign n18 = A[6] & B[7];
  assign n19 = A[7] & B[6];
  assign n20 = A[7] & B[7];
  assign n21 = A[7] & B[5];
  assign {n23, n22} = n18 + n19 + n21;
  assign n24 = n20 ^ n23;
  assign n25 = B[7] & n23;
  assign O[0] = B[6];
  assign O[1] = A[1];
  assign O[2] = n23;
  assign O[3] = B[0];
  assign O[4] = 1'b0;
  assign O[5] = 1'b0;
  assign O[6] = A[5];
  assign O[7] = A[4];
  assign O[8] = 1'b1;
  assign O[9] = 1'b1;
  assign O[10] = A[5];
  assign O[11] = B[6];
  assign O[12] = A[6];
  assign O[13] = n22;
  assign O[14] = n24;
  assign O[15] = n25;
endmodule
