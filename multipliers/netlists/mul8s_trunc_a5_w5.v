// mul8s_trunc_a5_w5: signed 8x8-bit multiplier, A = activation, B = weight, O = product.
// operands truncated by 5 and 5 bits; array.
// MAE 2.26 %, power 39.83 uW, 18 cells.
module mul8s_trunc_a5_w5(input [7:0] A, input [7:0] B, output [15:0] O);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33;
  wire n34, n35, n36, n37, n38, n39, n40;
  assign n18 = A[5] & B[5];
  assign n19 = A[6] & B[5];
  assign n20 = ~(A[7] & B[5]);
  assign n21 = ~n20;
  assign n22 = A[5] & B[6];
  assign {n24, n23} = n19 + n22;
  assign n25 = A[6] & B[6];
  assign {n27, n26} = n21 + n24 + n25;
  assign n28 = ~(A[7] & B[6]);
  assign {n30, n29} = n20 + n27 + n28;
  assign n31 = ~(A[5] & B[7]);
  assign n32 = ~(n26 ^ n31);
  assign n33 = n26 | n31;
  assign n34 = ~(A[6] & B[7]);
  assign {n36, n35} = n29 + n33 + n34;
  assign n37 = A[7] & B[7];
  assign {n39, n38} = n30 + n36 + n37;
  assign n40 = ~n39;
  assign O[0] = 1'b0;
  assign O[1] = 1'b0;
  assign O[2] = 1'b0;
  assign O[3] = 1'b0;
  assign O[4] = 1'b0;
  assign O[5] = 1'b0;
  assign O[6] = 1'b0;
  assign O[7] = 1'b0;
  assign O[8] = 1'b0;
  assign O[9] = 1'b0;
  assign O[10] = n18;
  assign O[11] = n23;
  assign O[12] = n32;
  assign O[13] = n35;
  assign O[14] = n38;
  assign O[15] = n40;
endmodule
