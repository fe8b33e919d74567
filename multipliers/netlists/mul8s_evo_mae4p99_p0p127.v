// mul8s_evo_mae4p99_p0p127: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_broken8 in 14 steps, 840000 evaluations; least power for mae_pct <= 5; seed 23.
// MAE 4.993 %, power 0.54 uW, 2 cells.
module mul8s_evo_mae4p99_p0p127(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19;
  assign n18 = ~(A[6] & B[7]);
  assign n19 = ~(A[7] & B[7]);
  assign O[0] = A[7];
  assign O[1] = n18;
  assign O[2] = A[3];
  assign O[3] = A[3];
  assign O[4] = A[1];
  assign O[5] = B[5];
  assign O[6] = B[4];
  assign O[7] = B[4];
  assign O[8] = B[3];
  assign O[9] = 1'b0;
  assign O[10] = 1'b1;
  assign O[11] = n19;
  assign O[12] = n18;
  assign O[13] = n19;
  assign O[14] = n19;
  assign O[15] = n19;
endmodule
