// mul8u_evo_mae7p19_p0p625: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 19 steps, 1140000 evaluations; least power for mae_pct <= 7.21496; seed 1058.
// MAE 7.191 %, power 2.445 uW, 4 cells.
module mul8u_evo_mae7p19_p0p625(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21;
  assign n18 = ~(A[7] & B[7]);
  assign n19 = A[6] & B[7];
  assign n20 = A[7] & n19;
  assign n21 = ~(A[6] | n18);
  assign O[0] = A[6];
  assign O[1] = A[1];
  assign O[2] = 1'b1;
  assign O[3] = B[2];
  assign O[4] = A[5];
  assign O[5] = B[5];
  assign O[6] = 1'b0;
  assign O[7] = A[2];
  assign O[8] = B[2];
  assign O[9] = B[1];
  assign O[10] = 1'b1;
  assign O[11] = B[5];
  assign O[12] = A[7];
  assign O[13] = B[6];
  assign O[14] = n21;
  assign O[15] = n20;
endmodule
