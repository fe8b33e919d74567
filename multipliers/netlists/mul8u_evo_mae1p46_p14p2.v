// mul8u_evo_mae1p46_p14p2: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 45 steps, 2320000 evaluations; least power for mae_pct <= 1.484; seed 2024.
// MAE 1.461 %, power 55.47 uW, 25 cells.
module mul8u_evo_mae1p46_p14p2(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41, n42, n43, n44, n45, n46, n47, n48, n49;
  wire n50;
  assign n18 = A[4] & B[7];
  assign n19 = A[3] & B[6];
  assign n20 = A[7] & B[5];
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
  assign n32 = B[5] | B[7];
  assign n33 = B[6] | n32;
  assign n34 = n18 & n19;
  assign {n36, n35} = n18 + n25 + n28;
  assign {n38, n37} = n22 + n31 + n35;
  assign {n40, n39} = n20 + n23 + n26;
  assign {n42, n41} = n34 + n36;
  assign {n44, n43} = n38 + n39 + n41;
  assign {n46, n45} = n27 + n29 + n42;
  assign {n48, n47} = n40 + n44 + n45;
  assign {n50, n49} = n30 + n46 + n48;
  assign O[0] = B[2];
  assign O[1] = n28;
  assign O[2] = 1'b0;
  assign O[3] = n35;
  assign O[4] = n37;
  assign O[5] = n46;
  assign O[6] = 1'b1;
  assign O[7] = n33;
  assign O[8] = A[4];
  assign O[9] = A[5];
  assign O[10] = n33;
  assign O[11] = n37;
  assign O[12] = n43;
  assign O[13] = n47;
  assign O[14] = n49;
  assign O[15] = n50;
endmodule
