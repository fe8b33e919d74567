// mul8u_evo_mae2p25_p8p1: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 28 steps, 7900000 evaluations; least power for mae_pct <= 2.37267; seed 2013.
// MAE 2.252 %, power 31.66 uW, 14 cells.
module mul8u_evo_mae2p25_p8p1(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36;
  assign n18 = A[5] & B[6];
  assign n19 = A[6] & B[6];
  assign n20 = A[6] & B[7];
  assign n21 = A[7] & B[5];
  assign n22 = A[7] & B[6];
  assign n23 = A[5] & B[7];
  assign n24 = A[7] & B[4];
  assign n25 = A[7] & B[7];
  assign n26 = B[5] | B[7];
  assign {n28, n27} = n21 + n23 + n24;
  assign {n30, n29} = n18 + n19 + n27;
  assign {n32, n31} = n20 + n22;
  assign {n34, n33} = n28 + n30 + n31;
  assign {n36, n35} = n25 + n32 + n34;
  assign O[0] = A[4];
  assign O[1] = B[1];
  assign O[2] = n25;
  assign O[3] = B[6];
  assign O[4] = A[4];
  assign O[5] = 1'b1;
  assign O[6] = n27;
  assign O[7] = A[3];
  assign O[8] = B[5];
  assign O[9] = A[4];
  assign O[10] = A[6];
  assign O[11] = n26;
  assign O[12] = n29;
  assign O[13] = n33;
  assign O[14] = n35;
  assign O[15] = n36;
endmodule
