// mul8u_evo_mre29p9_p7p94: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_top4 in 1 steps, 20000 evaluations; least power for mre_pct <= 30; seed 7.
// MAE 3.554 %, power 31.03 uW, 15 cells.
module mul8u_evo_mre29p9_p7p94(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36;
  assign n18 = A[5] & B[6];
  assign n19 = A[5] & B[7];
  assign n20 = A[6] & B[5];
  assign n21 = A[6] & B[6];
  assign n22 = A[6] & B[7];
  assign n23 = A[7] & B[4];
  assign n24 = A[7] & B[5];
  assign n25 = A[7] & B[6];
  assign n26 = A[7] & B[7];
  assign n27 = n18 | n25;
  assign {n29, n28} = n19 + n21 + n23;
  assign {n31, n30} = n20 + n24 + n28;
  assign n32 = n22 | n25;
  assign {n34, n33} = n29 + n31 + n32;
  assign {n36, n35} = n26 + n34;
  assign O[0] = 1'b0;
  assign O[1] = n24;
  assign O[2] = A[0];
  assign O[3] = B[7];
  assign O[4] = A[4];
  assign O[5] = n31;
  assign O[6] = B[6];
  assign O[7] = A[1];
  assign O[8] = A[4];
  assign O[9] = B[7];
  assign O[10] = n19;
  assign O[11] = n27;
  assign O[12] = n30;
  assign O[13] = n33;
  assign O[14] = n35;
  assign O[15] = n36;
endmodule
