// mul8s_evo_mae2p12_p7p49: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_exact in 34 steps, 1660000 evaluations; least power for mae_pct <= 2.13614; seed 18.
// MAE 2.116 %, power 31.82 uW, 17 cells.
module mul8s_evo_mae2p12_p7p49(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37;
  assign n18 = A[6] & B[6];
  assign n19 = ~(A[6] & B[7]);
  assign n20 = ~(A[7] & B[5]);
  assign n21 = ~(A[7] & B[6]);
  assign n22 = A[7] & B[7];
  assign n23 = ~(A[5] & B[7]);
  assign n24 = B[5] | n19;
  assign n25 = A[5] & B[6];
  assign {n27, n26} = A[6] + n24 + n25;
  assign n28 = ~(n20 ^ n23);
  assign n29 = n20 | n23;
  assign {n31, n30} = n18 + n27 + n28;
  assign {n33, n32} = n19 + n21 + n29;
  assign n34 = n31 ^ n32;
  assign n35 = ~(n31 & n32);
  assign n36 = ~(n22 & n33);
  assign n37 = n35 & n36;
  assign O[0] = A[6];
  assign O[1] = B[6];
  assign O[2] = B[2];
  assign O[3] = n30;
  assign O[4] = B[7];
  assign O[5] = n31;
  assign O[6] = A[4];
  assign O[7] = A[6];
  assign O[8] = n36;
  assign O[9] = n33;
  assign O[10] = n36;
  assign O[11] = n26;
  assign O[12] = n30;
  assign O[13] = n34;
  assign O[14] = n37;
  assign O[15] = n37;
endmodule
