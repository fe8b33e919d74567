// mul8u_evo_mae3p92_p3p55: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 15 steps, 880000 evaluations; least power for mae_pct <= 4.07229; seed 2017.
// MAE 3.921 %, power 13.88 uW, 8 cells.
module mul8u_evo_mae3p92_p3p55(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27;
  assign n18 = A[6] & B[7];
  assign n19 = A[5] & B[7];
  assign n20 = A[7] & B[6];
  assign n21 = A[7] & B[7];
  assign n22 = A[6] & B[6];
  assign n23 = n19 | n20;
  assign {n25, n24} = n18 + n22 + n23;
  assign {n27, n26} = n21 + n25;
  assign O[0] = A[6];
  assign O[1] = A[3];
  assign O[2] = n26;
  assign O[3] = n21;
  assign O[4] = B[4];
  assign O[5] = n24;
  assign O[6] = B[4];
  assign O[7] = n22;
  assign O[8] = n24;
  assign O[9] = B[0];
  assign O[10] = B[7];
  assign O[11] = B[5];
  assign O[12] = A[7];
  assign O[13] = n24;
  assign O[14] = n26;
  assign O[15] = n27;
endmodule
