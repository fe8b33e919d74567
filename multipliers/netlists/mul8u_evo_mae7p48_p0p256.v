// mul8u_evo_mae7p48_p0p256: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_broken13 in 1 steps, 60000 evaluations; least power for mae_pct <= 7.52266; seed 3060.
// MAE 7.481 %, power 1.003 uW, 2 cells.
module mul8u_evo_mae7p48_p0p256(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19;
  assign n18 = A[7] & B[7];
  assign n19 = A[7] | B[7];
  assign O[0] = 1'b1;
  assign O[1] = 1'b1;
  assign O[2] = B[2];
  assign O[3] = B[2];
  assign O[4] = B[1];
  assign O[5] = B[7];
  assign O[6] = B[6];
  assign O[7] = n18;
  assign O[8] = B[6];
  assign O[9] = B[5];
  assign O[10] = A[6];
  assign O[11] = A[6];
  assign O[12] = B[6];
  assign O[13] = n19;
  assign O[14] = n18;
  assign O[15] = 1'b0;
endmodule
