// mul8s_evo_mae3p72_p1p52: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_broken8 in 13 steps, 800000 evaluations; least power for mae_pct <= 4.21795; seed 22.
// MAE 3.721 %, power 6.452 uW, 8 cells.
module mul8s_evo_mae3p72_p1p52(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25;
  assign n18 = ~(A[6] & B[7]);
  assign n19 = ~(A[7] & B[6]);
  assign n20 = A[6] & B[6];
  assign n21 = ~(n18 & n19);
  assign n22 = ~n21;
  assign n23 = A[7] & B[7];
  assign n24 = n20 | n23;
  assign n25 = ~n24;
  assign O[0] = B[2];
  assign O[1] = A[3];
  assign O[2] = n24;
  assign O[3] = n19;
  assign O[4] = B[4];
  assign O[5] = B[7];
  assign O[6] = A[7];
  assign O[7] = A[2];
  assign O[8] = A[3];
  assign O[9] = B[4];
  assign O[10] = A[1];
  assign O[11] = n25;
  assign O[12] = n25;
  assign O[13] = n22;
  assign O[14] = n25;
  assign O[15] = n25;
endmodule
