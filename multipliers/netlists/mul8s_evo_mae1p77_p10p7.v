// mul8s_evo_mae1p77_p10p7: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_exact in 11 steps, 900000 evaluations; least power for mae_pct <= 1.80202; seed 17.
// MAE 1.774 %, power 45.28 uW, 26 cells.
module mul8s_evo_mae1p77_p10p7(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41, n42, n43, n44, n45, n46;
  assign n18 = ~B[7];
  assign n19 = ~(A[5] & B[7]);
  assign n20 = A[6] & B[5];
  assign n21 = A[5] & B[6];
  assign n22 = A[7] & B[4];
  assign n23 = A[6] & B[6];
  assign n24 = ~(A[6] & B[7]);
  assign n25 = ~n22;
  assign n26 = ~(A[7] & B[5]);
  assign n27 = ~(A[7] & B[6]);
  assign n28 = A[7] & B[7];
  assign n29 = B[4] | n18;
  assign n30 = n20 | n21;
  assign n31 = n20 & n21;
  assign n32 = n25 & n30;
  assign n33 = n25 | n30;
  assign n34 = ~(n29 ^ n32);
  assign n35 = n29 | n30;
  assign {n37, n36} = n19 + n23 + n26;
  assign n38 = n31 | n36;
  assign {n40, n39} = n33 + n35 + n38;
  assign n41 = n24 ^ n27;
  assign n42 = ~(n24 & n27);
  assign {n44, n43} = n37 + n40 + n41;
  assign n45 = n28 ^ n42;
  assign n46 = ~(n44 ^ n45);
  assign O[0] = 1'b0;
  assign O[1] = 1'b0;
  assign O[2] = B[2];
  assign O[3] = n28;
  assign O[4] = n45;
  assign O[5] = n31;
  assign O[6] = 1'b0;
  assign O[7] = B[5];
  assign O[8] = n18;
  assign O[9] = B[5];
  assign O[10] = n30;
  assign O[11] = n34;
  assign O[12] = n39;
  assign O[13] = n43;
  assign O[14] = n46;
  assign O[15] = n46;
endmodule
