// mul8s_evo_mae2p2_p6p94: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8s_broken8 in 10 steps, 420000 evaluations; least power for mae_pct <= 2.36126; seed 11.
// MAE 2.196 %, power 29.48 uW, 17 cells.
module mul8s_evo_mae2p2_p6p94(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37;
  assign n18 = A[5] & B[6];
  assign n19 = ~(A[5] & B[7]);
  assign n20 = A[6] & B[5];
  assign n21 = A[6] & B[6];
  assign n22 = ~(A[6] & B[7]);
  assign n23 = ~(A[7] & B[5]);
  assign n24 = ~(A[7] & B[6]);
  assign n25 = ~(n19 ^ n23);
  assign n26 = n19 | n23;
  assign {n28, n27} = n18 + n21;
  assign {n30, n29} = n20 + n25 + n27;
  assign n31 = n22 ^ n24;
  assign n32 = n26 ^ n31;
  assign {n34, n33} = n28 + n30 + n32;
  assign n35 = A[7] & B[7];
  assign n36 = n34 | n35;
  assign n37 = ~n36;
  assign O[0] = n19;
  assign O[1] = n20;
  assign O[2] = n37;
  assign O[3] = B[2];
  assign O[4] = n33;
  assign O[5] = n29;
  assign O[6] = A[0];
  assign O[7] = A[4];
  assign O[8] = n27;
  assign O[9] = 1'b0;
  assign O[10] = n19;
  assign O[11] = n26;
  assign O[12] = n29;
  assign O[13] = n33;
  assign O[14] = n37;
  assign O[15] = n37;
endmodule
