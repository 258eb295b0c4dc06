output "repository_name" {
  description = "What later jobs need: it has no account id in it, which GitHub would drop when the id is a secret."
  value       = aws_ecr_repository.this.name
}

output "repository_url" {
  value = aws_ecr_repository.this.repository_url
}

output "repository_arn" {
  value = aws_ecr_repository.this.arn
}

output "registry_id" {
  description = "The account that the repository is in."
  value       = aws_ecr_repository.this.registry_id
}
