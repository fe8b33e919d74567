// mul8u_evo_mae4p19_p2p94: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_broken12 in 1 steps, 60000 evaluations; least power for mae_pct <= 4.1922; seed 3032.
// MAE 4.19 %, power 11.48 uW, 8 cells.
module mul8u_evo_mae4p19_p2p94(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26;
  assign n18 = A[6] & B[7];
  assign n19 = A[7] & B[5];
  assign n20 = A[7] & B[6];
  assign n21 = A[7] & B[7];
  assign n22 = A[6] | B[7];
  assign {n24, n23} = n18 + n19 + n20;
  assign n25 = n21 ^ n24;
  assign n26 = B[7] & n24;
  assign O[0] = A[2];
  assign O[1] = n26;
  assign O[2] = n26;
  assign O[3] = B[6];
  assign O[4] = A[3];
  assign O[5] = n25;
  assign O[6] = B[1];
  assign O[7] = n22;
  assign O[8] = A[6];
  assign O[9] = B[4];
  assign O[10] = B[6];
  assign O[11] = A[5];
  assign O[12] = n22;
  assign O[13] = n23;
  assign O[14] = n25;
  assign O[15] = n26;
endmodule
