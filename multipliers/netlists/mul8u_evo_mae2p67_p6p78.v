// mul8u_evo_mae2p67_p6p78: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_broken11 in 1 steps, 40000 evaluations; least power for mae_pct <= 2.71574; seed 3014.
// MAE 2.665 %, power 26.5 uW, 13 cells.
module mul8u_evo_mae2p67_p6p78(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34;
  assign n18 = B[4] & B[7];
  assign n19 = A[5] & B[6];
  assign n20 = A[5] & B[7];
  assign n21 = A[6] & B[6];
  assign n22 = A[6] & B[7];
  assign n23 = A[7] & B[5];
  assign n24 = A[7] & B[6];
  assign n25 = A[7] & B[7];
  assign n26 = n18 | n19;
  assign {n28, n27} = n20 + n21 + n26;
  assign {n30, n29} = n22 + n23 + n24;
  assign {n32, n31} = n28 + n29;
  assign {n34, n33} = n25 + n30 + n32;
  assign O[0] = n27;
  assign O[1] = B[4];
  assign O[2] = n29;
  assign O[3] = n27;
  assign O[4] = n23;
  assign O[5] = A[2];
  assign O[6] = n20;
  assign O[7] = n27;
  assign O[8] = n32;
  assign O[9] = 1'b1;
  assign O[10] = A[4];
  assign O[11] = A[6];
  assign O[12] = n27;
  assign O[13] = n31;
  assign O[14] = n33;
  assign O[15] = n34;
endmodule
