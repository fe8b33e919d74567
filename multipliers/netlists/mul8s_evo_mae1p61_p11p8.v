// mul8s_evo_mae1p61_p11p8: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_exact in 10 steps, 600000 evaluations; least power for mae_pct <= 1.62267; seed 1009.
// MAE 1.613 %, power 50.24 uW, 26 cells.
module mul8s_evo_mae1p61_p11p8(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41, n42, n43, n44, n45, n46, n47;
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
  assign n38 = n31 ^ n36;
  assign {n40, n39} = n33 + n35 + n38;
  assign {n42, n41} = n24 + n27;
  assign n43 = n31 | n41;
  assign {n45, n44} = n37 + n40 + n43;
  assign n46 = n28 ^ n42;
  assign n47 = n45 ^ n46;
  assign O[0] = A[0];
  assign O[1] = A[4];
  assign O[2] = n41;
  assign O[3] = n30;
  assign O[4] = n46;
  assign O[5] = n46;
  assign O[6] = n20;
  assign O[7] = n33;
  assign O[8] = n32;
  assign O[9] = n30;
  assign O[10] = n18;
  assign O[11] = n34;
  assign O[12] = n39;
  assign O[13] = n44;
  assign O[14] = n47;
  assign O[15] = n47;
endmodule
