// mul8s_evo_mae2p98_p2p21: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_broken8 in 13 steps, 840000 evaluations; least power for mae_pct <= 3.00169; seed 20.
// MAE 2.98 %, power 9.39 uW, 9 cells.
module mul8s_evo_mae2p98_p2p21(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27;
  assign n18 = ~(A[7] & B[6]);
  assign n19 = ~(A[5] & B[7]);
  assign n20 = A[6] & B[6];
  assign n21 = ~(A[6] & B[7]);
  assign n22 = ~(n18 ^ n21);
  assign {n24, n23} = n20 + n22;
  assign n25 = A[7] & B[7];
  assign n26 = ~(n24 | n25);
  assign n27 = ~A[7];
  assign O[0] = n19;
  assign O[1] = n22;
  assign O[2] = n23;
  assign O[3] = n24;
  assign O[4] = n22;
  assign O[5] = n22;
  assign O[6] = B[5];
  assign O[7] = n18;
  assign O[8] = A[2];
  assign O[9] = A[5];
  assign O[10] = n26;
  assign O[11] = n27;
  assign O[12] = n19;
  assign O[13] = n23;
  assign O[14] = n26;
  assign O[15] = n26;
endmodule
