// mul8s_evo_mae3p56_p2p1: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_broken8 in 14 steps, 1140000 evaluations; least power for mae_pct <= 3.55823; seed 21.
// MAE 3.555 %, power 8.914 uW, 7 cells.
module mul8s_evo_mae3p56_p2p1(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25;
  assign n18 = ~(A[7] & B[6]);
  assign n19 = A[6] & B[6];
  assign n20 = ~(A[6] & B[7]);
  assign n21 = ~(n18 ^ n20);
  assign {n23, n22} = n19 + n21;
  assign n24 = A[7] & B[7];
  assign n25 = ~(n23 | n24);
  assign O[0] = A[1];
  assign O[1] = n24;
  assign O[2] = n19;
  assign O[3] = A[4];
  assign O[4] = n20;
  assign O[5] = n18;
  assign O[6] = n25;
  assign O[7] = 1'b1;
  assign O[8] = n20;
  assign O[9] = A[6];
  assign O[10] = n21;
  assign O[11] = n18;
  assign O[12] = n25;
  assign O[13] = n22;
  assign O[14] = n25;
  assign O[15] = n25;
endmodule
