// mul8u_evo_net0p496_p0p453: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_top4 in 1 steps, 40000 evaluations; least power for mae_pct <= 0.502994, weighted by network operands; seed 16.
// MAE 20.61 %, power 3.472 uW, 5 cells.
module mul8u_evo_net0p496_p0p453(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22;
  assign n18 = A[5] & B[5];
  assign n19 = A[5] & B[6];
  assign n20 = A[6] & B[6];
  assign n21 = A[6] & B[5];
  assign n22 = n20 | n21;
  assign O[0] = B[1];
  assign O[1] = A[3];
  assign O[2] = 1'b1;
  assign O[3] = A[0];
  assign O[4] = n21;
  assign O[5] = A[4];
  assign O[6] = A[1];
  assign O[7] = A[4];
  assign O[8] = A[3];
  assign O[9] = A[5];
  assign O[10] = n18;
  assign O[11] = n19;
  assign O[12] = n22;
  assign O[13] = 1'b0;
  assign O[14] = 1'b0;
  assign O[15] = 1'b0;
endmodule
