// mul8u_evo_mae1p82_p11p3: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_broken10 in 1 steps, 300000 evaluations; least power for mae_pct <= 1.85803; seed 3026.
// MAE 1.817 %, power 44.23 uW, 18 cells.
module mul8u_evo_mae1p82_p11p3(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40, n41;
  assign n18 = A[4] & B[7];
  assign n19 = A[5] & B[7];
  assign n20 = A[5] & B[6];
  assign n21 = A[6] & B[5];
  assign n22 = A[6] & B[6];
  assign n23 = A[6] & B[7];
  assign n24 = A[7] & B[4];
  assign n25 = A[7] & B[5];
  assign n26 = A[7] & B[6];
  assign n27 = A[7] & B[7];
  assign n28 = ~(n18 ^ n21);
  assign n29 = n18 | n21;
  assign {n31, n30} = n20 + n24 + n28;
  assign {n33, n32} = n19 + n22 + n25;
  assign {n35, n34} = n29 + n31 + n32;
  assign {n37, n36} = n23 + n26;
  assign {n39, n38} = n33 + n35 + n36;
  assign {n41, n40} = n27 + n37 + n39;
  assign O[0] = n37;
  assign O[1] = n26;
  assign O[2] = n40;
  assign O[3] = n34;
  assign O[4] = n28;
  assign O[5] = 1'b1;
  assign O[6] = A[1];
  assign O[7] = A[3];
  assign O[8] = n35;
  assign O[9] = n29;
  assign O[10] = n39;
  assign O[11] = n30;
  assign O[12] = n34;
  assign O[13] = n38;
  assign O[14] = n40;
  assign O[15] = n41;
endmodule
