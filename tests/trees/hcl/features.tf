# A comment with "quotes" and ${braces}
// another
/* and
   one of several lines */
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

variable "days" {
  type    = number
  default = 30
}

provider "aws" { region = "eu-west-1" }

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Admin"
    actions   = ["kms:*", ]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
  statement { effect = "Deny" }
}

resource "aws_kms_key" "main" {
  description             = "a \"quoted\" \u00e9 $${not} %%{either}" # beside
  deletion_window_in_days = var.days
  multi_region            = !var.single && var.replicas > 0 || false
  negative                = -7 + -var.x * (2 - 1)
  tags                    = merge(local.tags, { "a:b" = "c", (var.key) = 1, d : null })
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Root"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Action    = "kms:*", Resource = "*"
        Condition = {
          "StringEquals" : { "aws:PrincipalTag/${var.tag}" = "yes" }
        }
      },
      var.extra ? local.a : local.b[0].c["d"],
    ]
  })
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_key" "other" {
  count  = 2
  policy = <<-EOT
    {
      "Version": "2012-10-17",

      "Statement": [{"Sid": "a\nb", "Resource": "$${x}"}]
    }
    EOT
  plain  = <<EOT
  kept as it is
EOT
  mixed  = <<-EOT
    ${var.a} first
      %{if var.b~}
      yes
      %{else}
      no
      %{~endif}
    %{for r in var.roles}${r},%{endfor}
  EOT
  names  = [for k, v in var.map : upper(k) if v != ""]
  groups = { for r in var.roles : r.name => r.arn... }
  all    = aws_kms_key.main[*].arn
  legacy = aws_kms_key.main.*.arn
  index  = var.list.0
  call   = provider::aws::arn_parse(max(var.list...).arn)
  empty  = ""
  float  = 1.5e3
}
