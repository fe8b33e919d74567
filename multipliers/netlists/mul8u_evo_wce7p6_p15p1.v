// mul8u_evo_wce7p6_p15p1: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 8 steps, 320000 evaluations; least power for wce_pct <= 7.73395; seed 1007.
// MAE 2.002 %, power 59.06 uW, 20 cells.
module mul8u_evo_wce7p6_p15p1(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41, n42, n43, n44, n45;
  assign n18 = A[4] & B[7];
  assign n19 = A[5] & B[6];
  assign n20 = A[5] & B[7];
  assign n21 = A[6] & B[5];
  assign n22 = A[6] & B[6];
  assign n23 = A[6] & B[7];
  assign n24 = A[7] & B[4];
  assign n25 = A[7] & B[5];
  assign n26 = A[7] & B[6];
  assign n27 = A[7] & B[7];
  assign {n29, n28} = n19 + n25;
  assign {n31, n30} = n19 + n21 + n24;
  assign n32 = ~(n29 ^ n30);
  assign n33 = n29 | n30;
  assign {n35, n34} = n20 + n22 + n25;
  assign {n37, n36} = n18 + n31 + n34;
  assign {n39, n38} = n33 + n36;
  assign {n41, n40} = n23 + n26 + n35;
  assign {n43, n42} = n37 + n39 + n40;
  assign {n45, n44} = n27 + n41 + n43;
  assign O[0] = n28;
  assign O[1] = B[0];
  assign O[2] = n26;
  assign O[3] = n27;
  assign O[4] = A[6];
  assign O[5] = A[4];
  assign O[6] = n35;
  assign O[7] = n36;
  assign O[8] = n39;
  assign O[9] = A[5];
  assign O[10] = A[3];
  assign O[11] = n32;
  assign O[12] = n38;
  assign O[13] = n42;
  assign O[14] = n44;
  assign O[15] = n45;
endmodule
