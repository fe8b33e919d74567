// mul8u_evo_mae1p65_p12p4: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 46 steps, 2120000 evaluations; least power for mae_pct <= 1.66051; seed 25.
// MAE 1.649 %, power 48.62 uW, 21 cells.
module mul8u_evo_mae1p65_p12p4(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41, n42, n43, n44, n45;
  assign n18 = A[7] & B[5];
  assign n19 = A[4] & B[7];
  assign n20 = A[7] & B[3];
  assign n21 = A[5] & B[6];
  assign n22 = A[5] & B[7];
  assign n23 = A[6] & B[4];
  assign n24 = A[6] & B[5];
  assign n25 = A[6] & B[6];
  assign n26 = A[6] & B[7];
  assign n27 = A[7] & B[4];
  assign n28 = A[7] & B[6];
  assign n29 = A[7] & B[7];
  assign n30 = n20 | n23;
  assign n31 = A[4] | A[5];
  assign {n33, n32} = n19 + n21 + n24;
  assign {n35, n34} = n27 + n30 + n32;
  assign {n37, n36} = n18 + n22 + n25;
  assign {n39, n38} = n33 + n35 + n36;
  assign {n41, n40} = n26 + n28;
  assign {n43, n42} = n37 + n39 + n40;
  assign {n45, n44} = n29 + n41 + n43;
  assign O[0] = A[2];
  assign O[1] = B[3];
  assign O[2] = B[4];
  assign O[3] = n44;
  assign O[4] = A[1];
  assign O[5] = 1'b1;
  assign O[6] = n40;
  assign O[7] = 1'b1;
  assign O[8] = B[5];
  assign O[9] = 1'b1;
  assign O[10] = n31;
  assign O[11] = n34;
  assign O[12] = n38;
  assign O[13] = n42;
  assign O[14] = n44;
  assign O[15] = n45;
endmodule
