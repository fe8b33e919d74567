// mul8u_evo_mae7p12_p0p7: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 35 steps, 10500000 evaluations; least power for mae_pct <= 7.15762; seed 1038.
// MAE 7.116 %, power 2.737 uW, 4 cells.
module mul8u_evo_mae7p12_p0p7(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21;
  assign n18 = A[7] & B[7];
  assign n19 = ~(A[6] & B[7]);
  assign n20 = n18 & n19;
  assign n21 = A[6] & n18;
  assign O[0] = B[5];
  assign O[1] = n18;
  assign O[2] = B[5];
  assign O[3] = 1'b0;
  assign O[4] = A[7];
  assign O[5] = A[3];
  assign O[6] = A[5];
  assign O[7] = B[5];
  assign O[8] = 1'b1;
  assign O[9] = n18;
  assign O[10] = B[7];
  assign O[11] = B[5];
  assign O[12] = A[7];
  assign O[13] = B[6];
  assign O[14] = n20;
  assign O[15] = n21;
endmodule
