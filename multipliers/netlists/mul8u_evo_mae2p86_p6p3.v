// mul8u_evo_mae2p86_p6p3: unsigned 8x8-bit multiplier, A = activation, B = weight, O = product.
// evolved from mul8u_exact in 8 steps, 600000 evaluations; least power for mae_pct <= 2.87873; seed 14.
// MAE 2.861 %, power 24.63 uW, 13 cells.
module mul8u_evo_mae2p86_p6p3(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34;
  assign n18 = A[4] & B[4];
  assign n19 = A[5] & B[7];
  assign n20 = A[6] & B[6];
  assign n21 = A[6] & B[7];
  assign n22 = A[7] & B[5];
  assign n23 = A[7] & B[6];
  assign n24 = A[7] & B[7];
  assign n25 = n19 | n22;
  assign n26 = n19 & n22;
  assign {n28, n27} = n18 + n25;
  assign {n30, n29} = n20 + n21 + n23;
  assign {n32, n31} = n26 + n28 + n29;
  assign {n34, n33} = n24 + n30 + n32;
  assign O[0] = n25;
  assign O[1] = n21;
  assign O[2] = A[7];
  assign O[3] = n29;
  assign O[4] = n32;
  assign O[5] = B[3];
  assign O[6] = n31;
  assign O[7] = A[3];
  assign O[8] = B[0];
  assign O[9] = n29;
  assign O[10] = 1'b1;
  assign O[11] = n25;
  assign O[12] = n27;
  assign O[13] = n31;
  assign O[14] = n33;
  assign O[15] = n34;
endmodule
