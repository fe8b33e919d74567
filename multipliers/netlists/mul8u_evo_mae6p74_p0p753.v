// mul8u_evo_mae6p74_p0p753: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_top2 in 2 steps, 360000 evaluations; least power for mae_pct <= 6.77684; seed 2055.
// MAE 6.743 %, power 2.943 uW, 5 cells.
module mul8u_evo_mae6p74_p0p753(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22;
  assign n18 = A[7] & B[6];
  assign n19 = ~(A[7] & B[7]);
  assign n20 = B[6] | B[7];
  assign n21 = B[7] & n18;
  assign n22 = ~(B[6] | n19);
  assign O[0] = B[2];
  assign O[1] = 1'b0;
  assign O[2] = n21;
  assign O[3] = 1'b1;
  assign O[4] = B[7];
  assign O[5] = n20;
  assign O[6] = B[2];
  assign O[7] = 1'b0;
  assign O[8] = A[6];
  assign O[9] = A[6];
  assign O[10] = A[4];
  assign O[11] = A[7];
  assign O[12] = A[6];
  assign O[13] = n20;
  assign O[14] = n22;
  assign O[15] = n21;
endmodule
