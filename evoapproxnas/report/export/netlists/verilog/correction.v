// Once for each output: what zero points add to a sum of products,
//   total = sum - weight_zero_point * activation_sum + offset
// The zero point of weights is 0 but for the affine scheme and control variates, whose coefficient is
// part of it; it and the offset are in parameters/.
module correction #(
  parameter SUM_BITS = 32,
  parameter TOTAL_BITS = 32,
  parameter ACTIVATION_SUMS = 0
) (
  input signed [SUM_BITS-1:0] sum,
  input signed [SUM_BITS-1:0] activation_sum,
  input signed [9:0] weight_zero_point,
  input signed [TOTAL_BITS-1:0] offset,
  output signed [TOTAL_BITS-1:0] total
);
  wire signed [TOTAL_BITS-1:0] products = sum;
  wire signed [TOTAL_BITS-1:0] activations = activation_sum;
  generate
    if (ACTIVATION_SUMS != 0) begin : with_weight_zero_point
      wire signed [TOTAL_BITS-1:0] zero_point = weight_zero_point;
      assign total = products - zero_point * activations + offset;
    end else begin : without_weight_zero_point
      assign total = products + offset;
    end
  endgenerate
endmodule
