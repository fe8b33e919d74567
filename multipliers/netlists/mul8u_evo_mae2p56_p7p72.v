// mul8u_evo_mae2p56_p7p72: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 4 steps, 960000 evaluations; least power for mae_pct <= 2.59332; seed 9.
// MAE 2.563 %, power 30.19 uW, 12 cells.
module mul8u_evo_mae2p56_p7p72(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34;
  assign n18 = A[7] & B[7];
  assign n19 = A[4] & B[7];
  assign n20 = A[5] & B[6];
  assign n21 = A[5] & B[7];
  assign n22 = A[6] & B[6];
  assign n23 = A[7] & B[6];
  assign n24 = A[6] & B[7];
  assign {n26, n25} = A[7] + n19 + n21;
  assign {n28, n27} = n20 + n22 + n25;
  assign {n30, n29} = n23 + n24;
  assign {n32, n31} = n26 + n28 + n29;
  assign {n34, n33} = n18 + n30 + n32;
  assign O[0] = B[6];
  assign O[1] = B[6];
  assign O[2] = A[4];
  assign O[3] = n31;
  assign O[4] = B[2];
  assign O[5] = A[3];
  assign O[6] = B[3];
  assign O[7] = n19;
  assign O[8] = B[4];
  assign O[9] = B[5];
  assign O[10] = A[6];
  assign O[11] = B[5];
  assign O[12] = n27;
  assign O[13] = n31;
  assign O[14] = n33;
  assign O[15] = n34;
endmodule
