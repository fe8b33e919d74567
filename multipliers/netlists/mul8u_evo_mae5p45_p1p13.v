// mul8u_evo_mae5p45_p1p13: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 17 steps, 1020000 evaluations; least power for mae_pct <= 5.49968; seed 1045.
// MAE 5.45 %, power 4.407 uW, 5 cells.
module mul8u_evo_mae5p45_p1p13(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22;
  assign n18 = A[7] & B[6];
  assign n19 = ~(A[7] & B[7]);
  assign n20 = A[6] & B[7];
  assign n21 = ~(n19 ^ n20);
  assign n22 = A[7] & n20;
  assign O[0] = A[7];
  assign O[1] = B[7];
  assign O[2] = n21;
  assign O[3] = 1'b1;
  assign O[4] = A[5];
  assign O[5] = 1'b0;
  assign O[6] = n19;
  assign O[7] = A[7];
  assign O[8] = B[3];
  assign O[9] = B[6];
  assign O[10] = A[5];
  assign O[11] = B[5];
  assign O[12] = A[7];
  assign O[13] = n18;
  assign O[14] = n21;
  assign O[15] = n22;
endmodule
