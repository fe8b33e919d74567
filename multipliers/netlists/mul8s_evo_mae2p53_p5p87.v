// mul8s_evo_mae2p53_p5p87: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_broken10 in 2 steps, 360000 evaluations; least power for mae_pct <= 2.53219; seed 19.
// MAE 2.526 %, power 24.91 uW, 14 cells.
module mul8s_evo_mae2p53_p5p87(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34;
  assign n18 = ~(A[5] & B[7]);
  assign n19 = A[6] & B[5];
  assign n20 = A[6] & B[6];
  assign n21 = ~(A[6] & B[7]);
  assign n22 = ~(A[7] & B[5]);
  assign n23 = ~(A[7] & B[6]);
  assign n24 = A[5] & B[6];
  assign n25 = A[7] & B[7];
  assign {n27, n26} = n20 + n22 + n24;
  assign {n29, n28} = n19 + n26;
  assign n30 = ~(n21 ^ n23);
  assign {n32, n31} = n27 + n29 + n30;
  assign n33 = n25 | n32;
  assign n34 = ~n33;
  assign O[0] = n28;
  assign O[1] = n33;
  assign O[2] = B[3];
  assign O[3] = B[5];
  assign O[4] = A[0];
  assign O[5] = B[0];
  assign O[6] = n30;
  assign O[7] = n29;
  assign O[8] = 1'b0;
  assign O[9] = n18;
  assign O[10] = n18;
  assign O[11] = n18;
  assign O[12] = n28;
  assign O[13] = n31;
  assign O[14] = n34;
  assign O[15] = n34;
endmodule
