// mul8u_evo_mre30_p5p29: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 8 steps, 160000 evaluations; least power for mre_pct <= 30; seed 1007.
// MAE 3.682 %, power 20.69 uW, 18 cells.
module mul8u_evo_mre30_p5p29(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37;
  assign n18 = A[6] & B[7];
  assign n19 = A[7] & B[3];
  assign n20 = A[4] & B[7];
  assign n21 = A[5] & B[7];
  assign n22 = A[5] & B[4];
  assign n23 = A[6] & B[6];
  assign n24 = A[7] & B[5];
  assign n25 = A[7] & B[6];
  assign n26 = A[7] & B[7];
  assign n27 = A[5] & B[6];
  assign n28 = A[7] | B[5];
  assign n29 = A[6] | B[6];
  assign n30 = B[7] | n19;
  assign n31 = n20 | n27;
  assign n32 = n22 | n31;
  assign n33 = n21 | n24;
  assign {n35, n34} = n18 + n23 + n25;
  assign {n37, n36} = n26 + n35;
  assign O[0] = A[4];
  assign O[1] = n24;
  assign O[2] = n31;
  assign O[3] = A[4];
  assign O[4] = n29;
  assign O[5] = n32;
  assign O[6] = n36;
  assign O[7] = B[3];
  assign O[8] = n29;
  assign O[9] = n28;
  assign O[10] = n30;
  assign O[11] = n32;
  assign O[12] = n33;
  assign O[13] = n34;
  assign O[14] = n36;
  assign O[15] = n37;
endmodule
