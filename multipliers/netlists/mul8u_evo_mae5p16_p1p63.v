// mul8u_evo_mae5p16_p1p63: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 17 steps, 1000000 evaluations; least power for mae_pct <= 5.33506; seed 2019.
// MAE 5.165 %, power 6.375 uW, 7 cells.
module mul8u_evo_mae5p16_p1p63(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24;
  assign n18 = A[6] & B[6];
  assign n19 = A[7] & B[6];
  assign n20 = ~(A[7] & B[7]);
  assign n21 = A[6] & B[7];
  assign n22 = n18 | n19;
  assign n23 = ~(n20 ^ n21);
  assign n24 = A[7] & n21;
  assign O[0] = A[3];
  assign O[1] = A[3];
  assign O[2] = 1'b0;
  assign O[3] = A[2];
  assign O[4] = n24;
  assign O[5] = B[5];
  assign O[6] = A[1];
  assign O[7] = B[4];
  assign O[8] = 1'b1;
  assign O[9] = A[3];
  assign O[10] = A[5];
  assign O[11] = B[5];
  assign O[12] = A[7];
  assign O[13] = n22;
  assign O[14] = n23;
  assign O[15] = n24;
endmodule
