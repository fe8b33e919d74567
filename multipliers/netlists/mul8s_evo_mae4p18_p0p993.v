// mul8s_evo_mae4p18_p0p993: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_exact in 23 steps, 6900000 evaluations; least power for mae_pct <= 4.21795; seed 1022.
// MAE 4.185 %, power 4.215 uW, 6 cells.
module mul8s_evo_mae4p18_p0p993(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23;
  assign n18 = ~(A[6] & B[7]);
  assign n19 = A[7] & B[6];
  assign n20 = ~(B[6] | n18);
  assign n21 = n19 | n20;
  assign n22 = ~n21;
  assign n23 = ~(A[7] & B[7]);
  assign O[0] = B[3];
  assign O[1] = n21;
  assign O[2] = n19;
  assign O[3] = n19;
  assign O[4] = B[0];
  assign O[5] = 1'b1;
  assign O[6] = n21;
  assign O[7] = n22;
  assign O[8] = 1'b1;
  assign O[9] = A[0];
  assign O[10] = n18;
  assign O[11] = n23;
  assign O[12] = n23;
  assign O[13] = n22;
  assign O[14] = n23;
  assign O[15] = n23;
endmodule
