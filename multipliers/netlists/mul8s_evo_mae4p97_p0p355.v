// mul8s_evo_mae4p97_p0p355: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_exact in 35 steps, 1400000 evaluations; least power for mae_pct <= 5; seed 1035.
// MAE 4.968 %, power 1.509 uW, 3 cells.
module mul8s_evo_mae4p97_p0p355(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20;
  assign n18 = ~(A[6] & B[7]);
  assign n19 = A[7] & B[7];
  assign n20 = ~n19;
  assign O[0] = B[2];
  assign O[1] = A[0];
  assign O[2] = B[1];
  assign O[3] = A[0];
  assign O[4] = A[1];
  assign O[5] = B[1];
  assign O[6] = A[1];
  assign O[7] = A[0];
  assign O[8] = B[2];
  assign O[9] = B[1];
  assign O[10] = A[6];
  assign O[11] = n18;
  assign O[12] = n18;
  assign O[13] = n20;
  assign O[14] = n20;
  assign O[15] = n20;
endmodule
