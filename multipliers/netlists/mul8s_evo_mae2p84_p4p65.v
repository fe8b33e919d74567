// mul8s_evo_mae2p84_p4p65: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_broken11 in 1 steps, 60000 evaluations; least power for mae_pct <= 2.8484; seed 3012.
// MAE 2.845 %, power 19.77 uW, 14 cells.
module mul8s_evo_mae2p84_p4p65(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  assign n18 = ~(A[5] & B[7]);
  assign n19 = A[6] & B[6];
  assign n20 = ~(A[6] & B[7]);
  assign n21 = ~(A[7] & B[5]);
  assign n22 = ~(A[7] & B[6]);
  assign n23 = A[7] & B[7];
  assign n24 = A[5] & B[5];
  assign n25 = n18 & n21;
  assign n26 = n18 | n21;
  assign n27 = n24 | n25;
  assign {n29, n28} = n20 + n22 + n26;
  assign {n31, n30} = n19 + n28;
  assign n32 = ~(n23 & n29);
  assign n33 = n31 ^ n32;
  assign O[0] = A[3];
  assign O[1] = B[0];
  assign O[2] = B[7];
  assign O[3] = n32;
  assign O[4] = n23;
  assign O[5] = B[0];
  assign O[6] = 1'b1;
  assign O[7] = n27;
  assign O[8] = A[3];
  assign O[9] = B[5];
  assign O[10] = n20;
  assign O[11] = 1'b1;
  assign O[12] = n27;
  assign O[13] = n30;
  assign O[14] = n33;
  assign O[15] = n33;
endmodule
