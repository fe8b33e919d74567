// mul8u_evo_mae2p48_p7p97: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 28 steps, 7920000 evaluations; least power for mae_pct <= 2.48725; seed 7.
// MAE 2.485 %, power 31.16 uW, 13 cells.
module mul8u_evo_mae2p48_p7p97(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35;
  assign n18 = A[5] & B[6];
  assign n19 = A[6] & B[6];
  assign n20 = A[6] & B[7];
  assign n21 = A[7] & B[5];
  assign n22 = A[7] & B[6];
  assign n23 = A[5] & B[7];
  assign n24 = A[7] & B[4];
  assign n25 = A[7] & B[7];
  assign {n27, n26} = n21 + n23 + n24;
  assign {n29, n28} = n18 + n19 + n26;
  assign {n31, n30} = n20 + n22;
  assign {n33, n32} = n27 + n29 + n30;
  assign {n35, n34} = n25 + n31 + n33;
  assign O[0] = A[4];
  assign O[1] = A[1];
  assign O[2] = B[2];
  assign O[3] = n18;
  assign O[4] = n23;
  assign O[5] = 1'b1;
  assign O[6] = B[0];
  assign O[7] = A[3];
  assign O[8] = B[7];
  assign O[9] = A[4];
  assign O[10] = A[6];
  assign O[11] = B[5];
  assign O[12] = n28;
  assign O[13] = n32;
  assign O[14] = n34;
  assign O[15] = n35;
endmodule
