// mul8s_evo_mae2p85_p4p53: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_broken8 in 12 steps, 540000 evaluations; least power for mae_pct <= 2.8484; seed 2012.
// MAE 2.847 %, power 19.22 uW, 15 cells.
module mul8s_evo_mae2p85_p4p53(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34;
  assign n18 = A[5] & B[6];
  assign n19 = ~(A[5] & B[7]);
  assign n20 = A[6] & B[6];
  assign n21 = ~(A[6] & B[7]);
  assign n22 = ~A[7];
  assign n23 = ~(A[7] & B[6]);
  assign {n25, n24} = n18 + n20;
  assign n26 = n19 | n24;
  assign n27 = n19 & n24;
  assign n28 = n21 ^ n23;
  assign n29 = ~n28;
  assign {n31, n30} = n25 + n27 + n29;
  assign n32 = A[7] & B[7];
  assign n33 = n31 | n32;
  assign n34 = ~n33;
  assign O[0] = 1'b1;
  assign O[1] = n29;
  assign O[2] = B[5];
  assign O[3] = n20;
  assign O[4] = n30;
  assign O[5] = n23;
  assign O[6] = B[1];
  assign O[7] = n26;
  assign O[8] = A[6];
  assign O[9] = n22;
  assign O[10] = n34;
  assign O[11] = n22;
  assign O[12] = n26;
  assign O[13] = n30;
  assign O[14] = n34;
  assign O[15] = n34;
endmodule
