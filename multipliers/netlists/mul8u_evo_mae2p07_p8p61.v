// mul8u_evo_mae2p07_p8p61: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 25 steps, 7500000 evaluations; least power for mae_pct <= 2.07904; seed 1027.
// MAE 2.066 %, power 33.66 uW, 16 cells.
module mul8u_evo_mae2p07_p8p61(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38;
  assign n18 = A[4] & B[7];
  assign n19 = A[5] & B[6];
  assign n20 = A[6] & B[5];
  assign n21 = A[6] & B[6];
  assign n22 = A[6] & B[7];
  assign n23 = A[7] & B[5];
  assign n24 = A[7] & B[6];
  assign n25 = A[5] & B[7];
  assign n26 = A[7] & B[4];
  assign n27 = A[7] & B[7];
  assign n28 = n18 | n20;
  assign {n30, n29} = n23 + n25 + n26;
  assign {n32, n31} = n19 + n21 + n29;
  assign {n34, n33} = n22 + n24;
  assign {n36, n35} = n30 + n32 + n33;
  assign {n38, n37} = n27 + n34 + n36;
  assign O[0] = B[5];
  assign O[1] = n20;
  assign O[2] = 1'b0;
  assign O[3] = A[3];
  assign O[4] = 1'b0;
  assign O[5] = n21;
  assign O[6] = B[3];
  assign O[7] = B[5];
  assign O[8] = A[4];
  assign O[9] = B[7];
  assign O[10] = 1'b1;
  assign O[11] = n28;
  assign O[12] = n31;
  assign O[13] = n35;
  assign O[14] = n37;
  assign O[15] = n38;
endmodule
