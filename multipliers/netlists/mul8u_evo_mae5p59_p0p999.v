// mul8u_evo_mae5p59_p0p999: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 18 steps, 1080000 evaluations; least power for mae_pct <= 5.61574; seed 1046.
// MAE 5.592 %, power 3.906 uW, 4 cells.
module mul8u_evo_mae5p59_p0p999(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21;
  assign n18 = ~(A[7] & B[7]);
  assign n19 = A[6] & B[7];
  assign n20 = A[7] & n19;
  assign n21 = ~(n18 ^ n19);
  assign O[0] = A[0];
  assign O[1] = A[7];
  assign O[2] = A[4];
  assign O[3] = A[4];
  assign O[4] = A[6];
  assign O[5] = B[4];
  assign O[6] = A[3];
  assign O[7] = B[7];
  assign O[8] = A[1];
  assign O[9] = A[4];
  assign O[10] = A[5];
  assign O[11] = B[5];
  assign O[12] = A[7];
  assign O[13] = B[6];
  assign O[14] = n21;
  assign O[15] = n20;
endmodule
