// mul8u_evo_mae1p58_p12p9: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 45 steps, 1820000 evaluations; least power for mae_pct <= 1.58229; seed 10.
// MAE 1.578 %, power 50.37 uW, 23 cells.
module mul8u_evo_mae1p58_p12p9(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41, n42, n43, n44, n45, n46, n47;
  assign n18 = A[4] & B[6];
  assign n19 = A[7] & B[5];
  assign n20 = A[4] & B[7];
  assign n21 = A[7] & B[3];
  assign n22 = A[5] & B[6];
  assign n23 = A[5] & B[7];
  assign n24 = A[6] & B[4];
  assign n25 = A[6] & B[5];
  assign n26 = A[6] & B[6];
  assign n27 = A[6] & B[7];
  assign n28 = A[7] & B[4];
  assign n29 = A[7] & B[6];
  assign n30 = A[7] & B[7];
  assign n31 = n21 | n24;
  assign n32 = A[5] | B[7];
  assign n33 = n18 | n32;
  assign {n35, n34} = n20 + n22 + n25;
  assign {n37, n36} = n28 + n31 + n34;
  assign {n39, n38} = n19 + n23 + n26;
  assign {n41, n40} = n35 + n37 + n38;
  assign {n43, n42} = n27 + n29;
  assign {n45, n44} = n39 + n41 + n42;
  assign {n47, n46} = n30 + n43 + n45;
  assign O[0] = A[0];
  assign O[1] = B[3];
  assign O[2] = B[4];
  assign O[3] = A[3];
  assign O[4] = A[6];
  assign O[5] = n32;
  assign O[6] = n34;
  assign O[7] = n32;
  assign O[8] = B[5];
  assign O[9] = 1'b1;
  assign O[10] = n33;
  assign O[11] = n36;
  assign O[12] = n40;
  assign O[13] = n44;
  assign O[14] = n46;
  assign O[15] = n47;
endmodule
