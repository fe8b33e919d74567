// mul8u_evo_mae1p94_p9p89: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_broken10 in 1 steps, 40000 evaluations; least power for mae_pct <= 2.07294; seed 3012.
// MAE 1.941 %, power 38.67 uW, 16 cells.
module mul8u_evo_mae1p94_p9p89(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39;
  assign n18 = A[7] & B[4];
  assign n19 = A[4] & B[7];
  assign n20 = A[5] & B[7];
  assign n21 = A[6] & B[5];
  assign n22 = A[6] & B[6];
  assign n23 = A[6] & B[7];
  assign n24 = A[7] & B[5];
  assign n25 = A[7] & B[6];
  assign n26 = A[7] & B[7];
  assign n27 = n19 | n21;
  assign {n29, n28} = A[5] + B[6] + n18;
  assign {n31, n30} = n20 + n22 + n24;
  assign {n33, n32} = n27 + n29 + n30;
  assign {n35, n34} = n23 + n25;
  assign {n37, n36} = n31 + n33 + n34;
  assign {n39, n38} = n26 + n35 + n37;
  assign O[0] = n31;
  assign O[1] = B[3];
  assign O[2] = B[0];
  assign O[3] = B[5];
  assign O[4] = n38;
  assign O[5] = n27;
  assign O[6] = n32;
  assign O[7] = A[7];
  assign O[8] = B[4];
  assign O[9] = A[6];
  assign O[10] = n39;
  assign O[11] = n28;
  assign O[12] = n32;
  assign O[13] = n36;
  assign O[14] = n38;
  assign O[15] = n39;
endmodule
