// mul8s_evo_mae4p98_p0p176: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_exact in 24 steps, 7200000 evaluations; least power for mae_pct <= 5; seed 1023.
// MAE 4.979 %, power 0.7457 uW, 3 cells.
module mul8s_evo_mae4p98_p0p176(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20;
  assign n18 = ~B[7];
  assign n19 = ~(A[7] & B[6]);
  assign n20 = ~(A[7] & B[7]);
  assign O[0] = A[7];
  assign O[1] = A[5];
  assign O[2] = A[3];
  assign O[3] = 1'b0;
  assign O[4] = A[1];
  assign O[5] = B[5];
  assign O[6] = n19;
  assign O[7] = B[5];
  assign O[8] = n20;
  assign O[9] = A[0];
  assign O[10] = n20;
  assign O[11] = n20;
  assign O[12] = n18;
  assign O[13] = n19;
  assign O[14] = n20;
  assign O[15] = n20;
endmodule
