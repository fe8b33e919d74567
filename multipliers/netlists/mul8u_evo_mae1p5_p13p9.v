// mul8u_evo_mae1p5_p13p9: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 21 steps, 1260000 evaluations; least power for mae_pct <= 1.5566; seed 5020.
// MAE 1.498 %, power 54.26 uW, 24 cells.
module mul8u_evo_mae1p5_p13p9(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41, n42, n43, n44, n45, n46, n47, n48;
  assign n18 = A[3] & B[7];
  assign n19 = A[4] & B[6];
  assign n20 = A[4] & B[7];
  assign n21 = A[5] & B[6];
  assign n22 = A[5] & B[7];
  assign n23 = A[6] & B[4];
  assign n24 = A[6] & B[5];
  assign n25 = A[6] & B[6];
  assign n26 = A[6] & B[7];
  assign n27 = A[5] & B[3];
  assign n28 = A[7] & B[4];
  assign n29 = A[7] & B[5];
  assign n30 = A[7] & B[6];
  assign n31 = A[7] & B[7];
  assign n32 = n19 | n23;
  assign n33 = n18 | n27;
  assign n34 = n32 | n33;
  assign {n36, n35} = n20 + n21 + n28;
  assign {n38, n37} = n24 + n34 + n35;
  assign {n40, n39} = n22 + n25 + n29;
  assign {n42, n41} = n36 + n38 + n39;
  assign {n44, n43} = n26 + n30;
  assign {n46, n45} = n40 + n42 + n43;
  assign {n48, n47} = n31 + n44 + n46;
  assign O[0] = n40;
  assign O[1] = B[6];
  assign O[2] = n21;
  assign O[3] = n34;
  assign O[4] = n23;
  assign O[5] = n39;
  assign O[6] = n26;
  assign O[7] = n29;
  assign O[8] = 1'b1;
  assign O[9] = A[7];
  assign O[10] = B[5];
  assign O[11] = n37;
  assign O[12] = n41;
  assign O[13] = n45;
  assign O[14] = n47;
  assign O[15] = n48;
endmodule
