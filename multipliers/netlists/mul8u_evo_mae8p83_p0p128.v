// mul8u_evo_mae8p83_p0p128: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 33 steps, 1980000 evaluations; least power for mae_pct <= 9; seed 5035.
// MAE 8.833 %, power 0.5014 uW, 1 cells.
module mul8u_evo_mae8p83_p0p128(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18;
  assign n18 = A[7] & B[7];
  assign O[0] = A[4];
  assign O[1] = A[3];
  assign O[2] = A[4];
  assign O[3] = A[4];
  assign O[4] = B[0];
  assign O[5] = A[2];
  assign O[6] = B[0];
  assign O[7] = A[5];
  assign O[8] = B[0];
  assign O[9] = A[5];
  assign O[10] = A[6];
  assign O[11] = B[6];
  assign O[12] = 1'b0;
  assign O[13] = A[6];
  assign O[14] = 1'b0;
  assign O[15] = n18;
endmodule
