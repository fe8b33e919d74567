// mul8s_evo_mae2p3_p6p5: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_broken10 in 1 steps, 60000 evaluations; least power for mae_pct <= 2.36126; seed 3011.
// MAE 2.298 %, power 27.61 uW, 16 cells.
module mul8s_evo_mae2p3_p6p5(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36;
  assign n18 = ~(A[5] & B[7]);
  assign n19 = A[6] & B[5];
  assign n20 = A[6] & B[6];
  assign n21 = ~(A[6] & B[7]);
  assign n22 = ~(A[7] & B[5]);
  assign n23 = ~(A[7] & B[6]);
  assign n24 = A[5] & B[6];
  assign n25 = A[7] & B[7];
  assign n26 = n18 & n22;
  assign {n28, n27} = n20 + n24 + n26;
  assign {n30, n29} = n19 + n27;
  assign n31 = ~(n21 ^ n23);
  assign n32 = n21 | n23;
  assign {n34, n33} = n28 + n30 + n31;
  assign n35 = n25 | n34;
  assign n36 = ~n35;
  assign O[0] = B[6];
  assign O[1] = B[3];
  assign O[2] = n35;
  assign O[3] = n21;
  assign O[4] = n24;
  assign O[5] = B[6];
  assign O[6] = n20;
  assign O[7] = A[0];
  assign O[8] = A[6];
  assign O[9] = n36;
  assign O[10] = n26;
  assign O[11] = n32;
  assign O[12] = n29;
  assign O[13] = n33;
  assign O[14] = n36;
  assign O[15] = n36;
endmodule
