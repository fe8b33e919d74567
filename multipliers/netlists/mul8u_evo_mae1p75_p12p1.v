// mul8u_evo_mae1p75_p12p1: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 45 steps, 1820000 evaluations; least power for mae_pct <= 1.74977; seed 21.
// MAE 1.747 %, power 47.3 uW, 19 cells.
module mul8u_evo_mae1p75_p12p1(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41, n42, n43;
  assign n18 = A[7] & B[5];
  assign n19 = A[7] & B[3];
  assign n20 = A[5] & B[6];
  assign n21 = A[5] & B[7];
  assign n22 = A[6] & B[4];
  assign n23 = A[6] & B[5];
  assign n24 = A[6] & B[6];
  assign n25 = A[6] & B[7];
  assign n26 = A[7] & B[4];
  assign n27 = A[7] & B[6];
  assign n28 = A[7] & B[7];
  assign n29 = n19 | n22;
  assign {n31, n30} = A[4] + n20 + n23;
  assign {n33, n32} = n26 + n29 + n30;
  assign {n35, n34} = n18 + n21 + n24;
  assign {n37, n36} = n31 + n33 + n34;
  assign {n39, n38} = n25 + n27;
  assign {n41, n40} = n35 + n37 + n38;
  assign {n43, n42} = n28 + n39 + n41;
  assign O[0] = n35;
  assign O[1] = n20;
  assign O[2] = n37;
  assign O[3] = n24;
  assign O[4] = n19;
  assign O[5] = B[5];
  assign O[6] = B[4];
  assign O[7] = n26;
  assign O[8] = B[5];
  assign O[9] = A[5];
  assign O[10] = B[7];
  assign O[11] = n32;
  assign O[12] = n36;
  assign O[13] = n40;
  assign O[14] = n42;
  assign O[15] = n43;
endmodule
