// mul8u_evo_mae4p26_p2p88: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_broken12 in 2 steps, 120000 evaluations; least power for mae_pct <= 4.37099; seed 2034.
// MAE 4.263 %, power 11.25 uW, 8 cells.
module mul8u_evo_mae4p26_p2p88(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26;
  assign n18 = A[6] & B[7];
  assign n19 = A[7] & B[5];
  assign n20 = A[7] & B[6];
  assign n21 = ~(A[7] & B[7]);
  assign n22 = A[6] | B[7];
  assign {n24, n23} = n18 + n19 + n20;
  assign n25 = ~(n21 ^ n24);
  assign n26 = B[7] & n24;
  assign O[0] = A[0];
  assign O[1] = n23;
  assign O[2] = 1'b1;
  assign O[3] = B[5];
  assign O[4] = B[1];
  assign O[5] = B[0];
  assign O[6] = 1'b0;
  assign O[7] = B[1];
  assign O[8] = A[7];
  assign O[9] = A[6];
  assign O[10] = B[6];
  assign O[11] = A[5];
  assign O[12] = n22;
  assign O[13] = n23;
  assign O[14] = n25;
  assign O[15] = n26;
endmodule
