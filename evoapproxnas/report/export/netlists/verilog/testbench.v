// Feeds vectors to a MAC and compares its sums with those of the emulation, bit for bit.
//   iverilog -DMAC=mac_NAME -Ptestbench.SUM_BITS=24 ...; vvp FILE +vectors=vectors/NAME.txt
// A file of vectors: the number of sums, then for each of them a line with the number of products,
// the zero point of the weights, the offset, and the expected sum of products, sum of activations
// and total; then a line for each product with activation, weight, negative and skip.
`timescale 1ns / 1ps
module testbench;
  parameter ACTIVATION_BITS = 8;
  parameter WEIGHT_BITS = 8;
  parameter SUM_BITS = 32;
  parameter SIGN_MAGNITUDE = 1;
  parameter ACTIVATION_SUMS = 0;

  reg clock, first, enable, negative, skip;
  reg [ACTIVATION_BITS-1:0] activation;
  reg [WEIGHT_BITS-1:0] weight;
  reg signed [9:0] weight_zero_point;
  reg signed [31:0] offset;
  wire signed [SUM_BITS-1:0] sum, activation_sum;
  wire signed [31:0] total;

  `MAC #(
    .ACTIVATION_BITS(ACTIVATION_BITS),
    .WEIGHT_BITS(WEIGHT_BITS),
    .SUM_BITS(SUM_BITS),
    .SIGN_MAGNITUDE(SIGN_MAGNITUDE),
    .ACTIVATION_SUMS(ACTIVATION_SUMS)
  ) mac(
    .clock(clock),
    .first(first),
    .enable(enable),
    .activation(activation),
    .weight(weight),
    .negative(negative),
    .skip(skip),
    .sum(sum),
    .activation_sum(activation_sum)
  );

  correction #(.SUM_BITS(SUM_BITS), .TOTAL_BITS(32), .ACTIVATION_SUMS(ACTIVATION_SUMS)) correction(
    .sum(sum),
    .activation_sum(activation_sum),
    .weight_zero_point(weight_zero_point),
    .offset(offset),
    .total(total)
  );

  reg [8*512-1:0] name;
  integer file, read, sums, products, s, p, wrong, zero_point_read, offset_read;
  integer expected_sum, expected_activations, expected_total;
  reg [31:0] activation_read, weight_read, negative_read, skip_read;
  reg complete;

  initial begin
    wrong = 0;
    sums = 0;
    complete = 0;
    clock = 0;
    name = "no file";
    begin : all_sums
      if (!$value$plusargs("vectors=%s", name)) disable all_sums;
      file = $fopen(name, "r");
      if (file == 0) disable all_sums;
      read = $fscanf(file, "%d", sums);
      if (read != 1 || sums < 1) disable all_sums;
      for (s = 0; s < sums; s = s + 1) begin
        read = $fscanf(file, "%d %d %d %d %d %d", products, zero_point_read, offset_read,
                       expected_sum, expected_activations, expected_total);
        if (read != 6 || products < 1) disable all_sums;
        weight_zero_point = zero_point_read;
        offset = offset_read;
        for (p = 0; p < products; p = p + 1) begin
          read = $fscanf(file, "%h %h %h %h",
                         activation_read, weight_read, negative_read, skip_read);
          if (read != 4) disable all_sums;
          activation = activation_read;
          weight = weight_read;
          negative = negative_read;
          skip = skip_read;
          first = (p == 0);
          enable = 1;
          #1 clock = 1;
          #1 clock = 0;
        end
        enable = 0;
        #1 clock = 1;
        #1 clock = 0;
        if (sum !== expected_sum || total !== expected_total
            || (ACTIVATION_SUMS != 0 && activation_sum !== expected_activations)) begin
          wrong = wrong + 1;
          if (wrong <= 10)
            $display("sum %0d: expected %0d, %0d and %0d, got %0d, %0d and %0d", s, expected_sum,
                     expected_activations, expected_total, sum, activation_sum, total);
        end
      end
      complete = 1;
    end
    if (!complete) $display("FAIL %0s: expected a file of vectors that is complete", name);
    else if (wrong != 0) $display("FAIL %0s: %0d of %0d sums are wrong", name, wrong, sums);
    else $display("PASS %0s: %0d sums", name, sums);
    $finish;
  end
endmodule
