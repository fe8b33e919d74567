// mul8s_evo_mae1p86_p9p42: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_exact in 32 steps, 1300000 evaluations; least power for mae_pct <= 1.95743; seed 10.
// MAE 1.858 %, power 39.99 uW, 21 cells.
module mul8s_evo_mae1p86_p9p42(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41, n42;
  assign n18 = ~(A[4] & B[7]);
  assign n19 = A[5] & B[6];
  assign n20 = A[6] & B[6];
  assign n21 = ~(A[6] & B[7]);
  assign n22 = ~(A[7] & n18);
  assign n23 = ~(A[7] & B[5]);
  assign n24 = ~(A[7] & B[6]);
  assign n25 = A[7] & B[7];
  assign n26 = ~(A[5] & B[7]);
  assign n27 = B[5] | B[6];
  assign n28 = B[5] & n19;
  assign n29 = ~(n18 ^ n22);
  assign {n31, n30} = A[6] + n27 + n29;
  assign n32 = ~(n23 ^ n26);
  assign n33 = n23 | n26;
  assign n34 = n28 | n32;
  assign {n36, n35} = n20 + n31 + n34;
  assign {n38, n37} = n21 + n24 + n33;
  assign {n40, n39} = n36 + n37;
  assign n41 = ~(n25 & n38);
  assign n42 = n40 ^ n41;
  assign O[0] = n29;
  assign O[1] = A[3];
  assign O[2] = n37;
  assign O[3] = A[0];
  assign O[4] = A[5];
  assign O[5] = n40;
  assign O[6] = n37;
  assign O[7] = n27;
  assign O[8] = 1'b1;
  assign O[9] = A[5];
  assign O[10] = n41;
  assign O[11] = n30;
  assign O[12] = n35;
  assign O[13] = n39;
  assign O[14] = n42;
  assign O[15] = n42;
endmodule
